// Measures pages of a running city on a simulated phone: node tools/lighthouse/run.mjs http://127.0.0.1:8000
// Prints one line a page; the whole reports lie in var/lighthouse/. A figure to look at, not a gate.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const address = (process.argv[2] || "http://127.0.0.1:8000").replace(/\/$/, "");
const kept = join(resolve(dirname(fileURLToPath(import.meta.url)), "../.."), "var/lighthouse");
const FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run".split(" ");
const CATEGORIES = ["performance", "accessibility", "best-practices"];

async function firstCase() {
  const hall = await (await fetch(`${address}/hall`, { headers: { "Accept-Language": "zh-CN" } })).text();
  const found = /href="(\/cases\/[A-Z0-9]+)"/.exec(hall);
  return found ? [["request", found[1]]] : [];
}

// Each page in a browser of its own, as on a first visit: the app's service worker of another page would serve it. A trace that failed is taken again.
async function measured(url, tries = 3) {
  const chrome = await launch({ chromePath: process.env.CHROME_PATH || "/usr/bin/chromium", chromeFlags: FLAGS });
  try {
    const told = await lighthouse(url, { port: chrome.port, output: "json", onlyCategories: CATEGORIES, formFactor: "mobile" });
    if (!told.lhr.runtimeError) return told;
    if (tries < 2) throw new Error(`${url}: ${told.lhr.runtimeError.message}`);
  } finally {
    chrome.kill();
  }
  return measured(url, tries - 1);
}

const pages = [["home", "/"], ["form", "/new"], ["hall", "/hall"], ...(await firstCase())];
mkdirSync(kept, { recursive: true });
console.log(`${"page".padEnd(8)} performance accessibility best-practices   LCP ms   TBT ms    CLS  transfer KB`);
for (const [name, path] of pages) {
  const { lhr, report } = await measured(address + path);
  writeFileSync(join(kept, `${name}.json`), report);
  const score = CATEGORIES.map((category) => Math.round(lhr.categories[category].score * 100));
  const value = (audit) => lhr.audits[audit]?.numericValue ?? 0;
  const figures = [value("largest-contentful-paint").toFixed(0), value("total-blocking-time").toFixed(0), value("cumulative-layout-shift").toFixed(3)];
  const weight = (value("total-byte-weight") / 1024).toFixed(0);
  console.log(
    `${name.padEnd(8)} ${String(score[0]).padStart(11)} ${String(score[1]).padStart(13)} ${String(score[2]).padStart(14)} ` +
      `${figures[0].padStart(8)} ${figures[1].padStart(8)} ${figures[2].padStart(6)} ${weight.padStart(12)}`,
  );
  const failed = Object.values(lhr.audits).filter((audit) => audit.score !== null && audit.score < 0.9 && audit.scoreDisplayMode !== "informative");
  if (process.env.WHY) for (const audit of failed) console.log(`    ${audit.id}: ${audit.displayValue || audit.title}`);
}
