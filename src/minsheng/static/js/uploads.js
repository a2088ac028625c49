// 上传: each file travels by itself in pieces (tus), shows how far it is, may be held, and goes on by itself when the line is back. When the last piece
// is there the server is asked to look at it: it hands out the ticket, or says what is wrong.
(function () {
  var media = window.msMedia;
  if (!media) return;
  var field = media.box.closest("form").querySelector("[name=csrfmiddlewaretoken]");
  media.headers = function () {
    return { "X-CSRFToken": field.value, "Tus-Resumable": "1.0.0" };
  };
  // The session ended while somebody was writing: a fresh token, once for each file, and on it goes.
  function renewed(tile, then) {
    if (tile.renewed) return false;
    tile.renewed = true;
    window.Outbox.token()
      .then(function (token) {
        field.value = token;
        then();
      })
      .catch(refuse.bind(null, tile, 0, ""));
    return true;
  }

  media.send = function (tile, file) {
    tile.file = file;
    var upload = (tile.upload = new window.tus.Upload(file, {
      endpoint: media.box.dataset.uploads,
      onBeforeRequest: function (asked) {
        asked.setHeader("X-CSRFToken", field.value);
      },
      metadata: { kind: tile.dataset.kind },
      chunkSize: 1048576,
      retryDelays: [0, 1000, 2000, 4000, 8000, 15000],
      onProgress: function (sent, all) {
        tile.querySelector("progress").value = Math.round((sent / all) * 100);
        tile.querySelector("[data-percent]").textContent = Math.round((sent / all) * 100) + "%";
        tile.querySelector("[data-bytes]").textContent = (sent / 1048576).toFixed(1) + " / " + (all / 1048576).toFixed(1) + " MB";
      },
      onError: function (error) {
        var answer = error.originalResponse;
        if (answer && answer.getStatus() === 403 && renewed(tile, media.go.bind(null, tile))) return;
        refuse(tile, answer ? answer.getStatus() : 0, answer ? answer.getBody() : "");
      },
      onSuccess: function () {
        look(tile, upload);
      },
    }));
    // The same file was begun before, perhaps before this page was loaded anew: go on where it stopped, unless it stands here already.
    upload.findPreviousUploads().then(function (earlier) {
      var free = earlier.filter(function (one) {
        return !media.uses(one.uploadUrl);
      });
      if (free.length) upload.resumeFromPreviousUpload(free[0]);
      media.go(tile);
    });
  };
  media.go = function (tile) {
    tile.dataset.state = "sending";
    tile.upload.start();
  };
  function look(tile, upload) {
    tile.dataset.state = "checking";
    fetch(upload.url, { method: "POST", headers: media.headers() })
      .then(function (answer) {
        return answer.text().then(function (body) {
          if (tile.upload !== upload) return;
          if (answer.ok) return media.done(tile, JSON.parse(body));
          if (answer.status !== 403 || !renewed(tile, look.bind(null, tile, upload))) refuse(tile, answer.status, body);
        });
      })
      .catch(refuse.bind(null, tile, 0, ""));
  }
  function refuse(tile, status, body) {
    tile.dataset.state = !status ? "waiting" : status === 429 || status >= 500 ? "again" : "failed";
    if (body.charAt(0) === "{") tile.querySelector("[data-why]").textContent = JSON.parse(body).message;
    media.tell(tile, "changed");
  }
})();
