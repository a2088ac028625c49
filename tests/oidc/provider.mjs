// A real OpenID Connect provider (npm oidc-provider) on loopback for the tests of signing in. One client, one person, whom the test describes.
// node provider.mjs REDIRECT_URI   → prints its issuer on one line and serves until it is stopped. PUT /person changes who sits in front of it.
import { createServer } from "node:http";

import Provider from "oidc-provider";

const CLIENT = { client_id: "minsheng", client_secret: "only-for-tests-and-long-enough-for-a-key" };
let person = { sub: "person-1", name: "李明", real_name: "L3" };

const server = createServer((request, response) => answer(request, response));
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [{ ...CLIENT, redirect_uris: [process.argv[2]], grant_types: ["authorization_code"], response_types: ["code"] }],
  claims: { openid: ["sub"], profile: ["name", "real_name", "preferred_username"] },
  cookies: { keys: ["only for tests"] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/sit/${interaction.uid}` },
  pkce: { required: () => true, methods: ["S256"] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...person, sub: id }) }),
});
const protocol = provider.callback();

async function answer(request, response) {
  if (request.method === "PUT" && request.url === "/person") {
    person = JSON.parse(await body(request));
    response.writeHead(204).end();
  } else if (request.url.startsWith("/sit/")) {
    await sit(request, response);
  } else {
    protocol(request, response);
  }
}

// The page of the provider: one button to agree, one to refuse. Consent to the client is given with it.
async function sit(request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === "consent") {
    const grant = (grantId && (await provider.Grant.find(grantId))) || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
    return;
  }
  if (request.method === "POST") {
    const agreed = (await body(request)).includes("agree");
    const result = agreed ? { login: { accountId: person.sub } } : { error: "access_denied", error_description: "refused" };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    return;
  }
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end(
    `<!doctype html><html lang="zh"><title>统一身份</title><link rel="icon" href="data:,"><h1>统一身份认证</h1><form method="post">` +
      `<button name="do" value="agree">同意登录</button><button name="do" value="refuse">拒绝</button></form>`,
  );
}

async function body(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

console.log(issuer);
