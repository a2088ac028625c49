-- Every published figure, counted again from the journal alone (ms_event): by whoever does not believe the program.
-- Nothing here knows the tallies, the facts or the code of the program; only what docs/reference says an event means.
--
-- figures(day, unit, district, category, origin, metric, n): the same additions as the published figures are said to be made of.

CREATE OR REPLACE TEMPORARY VIEW told AS
SELECT e.case_id, e.seq, e.at, (e.at AT TIME ZONE 'Asia/Shanghai')::date AS day, e.action, e.data,
  -- Whose it is: the unit to which this very event hands it, else the last one to which it was handed before.
  coalesce(CASE WHEN e.data ? 'lead' THEN e.data ->> 'lead' ELSE (
    SELECT h.data ->> 'lead' FROM ms_event h
    WHERE h.case_id = e.case_id AND h.seq < e.seq AND h.action IN ('dispatch', 'rule', 'reassign', 'forward', 'escalate')
    ORDER BY h.seq DESC LIMIT 1
  ) END, '') AS unit,
  coalesce((
    SELECT w.data ->> 'district' FROM ms_event w
    WHERE w.case_id = e.case_id AND w.seq <= e.seq AND w.action IN ('receive', 'register', 'amend') AND w.data ? 'district'
    ORDER BY w.seq DESC LIMIT 1
  ), '') AS district,
  left(coalesce((
    SELECT w.data ->> 'category' FROM ms_event w
    WHERE w.case_id = e.case_id AND w.seq <= e.seq AND w.action IN ('receive', 'register', 'amend') AND w.data ? 'category'
    ORDER BY w.seq DESC LIMIT 1
  ), ''), 2) AS category,
  (SELECT r.data ->> 'origin' FROM ms_event r WHERE r.case_id = e.case_id AND r.action = 'receive') AS origin,
  1 + (SELECT count(*) FROM ms_event r WHERE r.case_id = e.case_id AND r.seq < e.seq AND r.action = 'reopen') AS round
FROM ms_event e;

-- What was done, once for each time it was done.
CREATE OR REPLACE TEMPORARY VIEW done AS
SELECT day, unit, district, category, origin, action AS metric, 1 AS n FROM told
WHERE action IN ('receive', 'register', 'dispatch', 'answer', 'answer_at_once', 'close', 'reopen', 'decline', 'refer', 'withdraw', 'merge', 'send_back',
  'return_answer', 'park', 'urge', 'escalate');

-- Promises. Kept: met in time, and not taken back later (an answer that was returned was none). Missed: once, on the day named as due.
CREATE OR REPLACE TEMPORARY VIEW met AS
SELECT t.*, m.value ->> 'kind' AS kind, m.value ->> 'order' AS work_order, (m.value ->> 'late')::boolean AS late,
  coalesce((m.value ->> 'counted')::boolean, false) AS counted, coalesce(nullif(m.value ->> 'unit', ''), t.unit) AS owner,
  ((m.value ->> 'due')::timestamptz - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai' AS due
FROM told t CROSS JOIN LATERAL jsonb_array_elements(t.data -> 'met') m
WHERE m.value ->> 'kind' NOT IN ('confirm', 'interim', 'review');

CREATE OR REPLACE TEMPORARY VIEW promises AS
SELECT m.day, m.owner AS unit, m.district, m.category, m.origin, m.kind || '_kept' AS metric, 1 AS n FROM met m
WHERE NOT m.late AND NOT (m.work_order IS NULL AND EXISTS (
  -- Taken back by the next event that takes this clock back, unless it was met anew in between.
  SELECT FROM ms_event u WHERE u.case_id = m.case_id AND u.seq > m.seq AND u.data -> 'unmet' ? m.kind
    AND NOT EXISTS (SELECT FROM met n WHERE n.case_id = m.case_id AND n.kind = m.kind AND n.work_order IS NULL AND n.seq > m.seq AND n.seq < u.seq)
))
UNION ALL
SELECT m.due::date, m.owner, m.district, m.category, m.origin, m.kind || '_missed', 1 FROM met m WHERE m.late AND NOT m.counted
UNION ALL
SELECT (((t.data ->> 'due')::timestamptz - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date, coalesce(nullif(t.data ->> 'for', ''), t.unit),
  t.district, t.category, t.origin, (t.data ->> 'clock') || '_missed', 1
FROM told t WHERE t.action = 'deadline_step' AND (t.data ->> 'missed')::boolean;

-- Verdicts: the last one of each round counts. A rating speaks of satisfaction only (3 and more of 5 is satisfied); what an earlier call of the same
-- round heard about contact and solution stays.
CREATE OR REPLACE TEMPORARY VIEW heard AS
SELECT * FROM told WHERE action = 'rate' OR (action = 'call_back' AND (data ->> 'reached')::boolean);

CREATE OR REPLACE TEMPORARY VIEW verdicts AS
SELECT h.day, h.unit, h.district, h.category, h.origin,
  CASE WHEN h.action = 'rate' THEN (h.data ->> 'level')::int >= 3 ELSE (h.data ->> 'satisfied')::boolean END AS satisfied,
  (c.data ->> 'contacted')::boolean AS contacted, (c.data ->> 'solved')::boolean AS solved
FROM heard h LEFT JOIN LATERAL (
  SELECT k.data FROM heard k WHERE k.case_id = h.case_id AND k.round = h.round AND k.action = 'call_back' AND k.seq <= h.seq ORDER BY k.seq DESC LIMIT 1
) c ON true
WHERE NOT EXISTS (SELECT FROM heard l WHERE l.case_id = h.case_id AND l.round = h.round AND l.seq > h.seq);

DROP TABLE IF EXISTS figures;
CREATE TEMPORARY TABLE figures AS
SELECT * FROM done
UNION ALL SELECT * FROM promises
UNION ALL
SELECT v.day, v.unit, v.district, v.category, v.origin, a.name || '_asked', 1
FROM verdicts v CROSS JOIN LATERAL (VALUES ('contacted', contacted), ('solved', solved), ('satisfied', satisfied)) a(name, said) WHERE a.said IS NOT NULL
UNION ALL
SELECT v.day, v.unit, v.district, v.category, v.origin, a.name || '_yes', 1
FROM verdicts v CROSS JOIN LATERAL (VALUES ('contacted', contacted), ('solved', solved), ('satisfied', satisfied)) a(name, said) WHERE a.said;
