// Copies the browser libraries that pages use from node_modules to static/vendor, and builds one icon sprite from the icons that are used.
// Runs on Node 18 without packages; writes a file only when its content changes, so that running it again costs nothing.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const app = join(root, "src/minsheng");
const vendor = join(app, "static/vendor");

// [file in node_modules, name under static/vendor]
const FILES = [
  ["@tabler/core/dist/css/tabler.min.css", "tabler/tabler.min.css"],
  ["@tabler/core/dist/js/tabler.min.js", "tabler/tabler.min.js"],
  ["htmx.org/dist/htmx.min.js", "htmx/htmx.min.js"],
  ["@alpinejs/csp/dist/cdn.min.js", "alpine/alpine-csp.min.js"],
  ["echarts/dist/echarts.min.js", "echarts/echarts.min.js"],
  ["leaflet/dist/leaflet.js", "leaflet/leaflet.js"],
  ["leaflet/dist/leaflet.css", "leaflet/leaflet.css"],
  ["tus-js-client/dist/tus.min.js", "tus/tus.min.js"],
  ...["layers.png", "layers-2x.png", "marker-icon.png", "marker-icon-2x.png", "marker-shadow.png"].map((name) => [
    `leaflet/dist/images/${name}`,
    `leaflet/images/${name}`,
  ]),
];

// Icons named at run time (from a table or a profile) stand in this list, one a line; the others are found in the templates.
const ICON_LIST = join(app, "templates/icons.txt");
const ICON_CALL = /\bicon\(\s*["']([a-z0-9-]+)["']/g;

function stop(message) {
  console.error(`assets: ${message}`);
  process.exit(1);
}

function write(path, content) {
  if (existsSync(path) && readFileSync(path).equals(content)) return false;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return true;
}

function walk(folder, suffix) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path, suffix) : entry.name.endsWith(suffix) ? [path] : [];
  });
}

// The maps are not copied: a comment that names one would break the hashing of static files (and ask the browser for nothing).
function withoutSourceMap(name, content) {
  if (!/\.(css|js)$/.test(name)) return content;
  return Buffer.from(content.toString("utf8").replace(/\/[/*]# sourceMappingURL=[^\s*]+(\s*\*\/)?/g, ""));
}

function copyLibraries() {
  let changed = 0;
  for (const [from, to] of FILES) {
    const source = join(modules, from);
    if (!existsSync(source)) stop(`node_modules/${from} is missing: run "npm ci" first (make run does it)`);
    if (write(join(vendor, to), withoutSourceMap(to, readFileSync(source)))) changed += 1;
  }
  const wanted = new Set(FILES.map(([, to]) => join(vendor, to)));
  for (const path of walk(vendor, "")) if (!wanted.has(path)) rmSync(path);
  return changed;
}

function iconsUsed() {
  const used = new Map();
  const note = (name, where) => used.has(name) || used.set(name, where);
  for (const path of walk(join(app, "templates"), ".html")) {
    for (const [, name] of readFileSync(path, "utf8").matchAll(ICON_CALL)) note(name, relative(root, path));
  }
  if (existsSync(ICON_LIST)) {
    for (const line of readFileSync(ICON_LIST, "utf8").split("\n")) {
      const name = line.replace(/#.*/, "").trim();
      if (name) note(name, relative(root, ICON_LIST));
    }
  }
  return [...used].sort(([a], [b]) => (a < b ? -1 : 1));
}

// One <symbol> per icon. A name that ends in -filled takes the filled drawing.
function symbol(name, where) {
  const filled = name.endsWith("-filled");
  const file = join(modules, "@tabler/icons/icons", filled ? "filled" : "outline", `${filled ? name.slice(0, -7) : name}.svg`);
  if (!existsSync(file)) stop(`${where} asks for the icon "${name}", which @tabler/icons does not have`);
  const drawing = readFileSync(file, "utf8")
    .replace(/<!--[\s\S]*?-->/g, "")
    .match(/<svg[^>]*>([\s\S]*?)<\/svg>/)[1]
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
    .replace(/\s*\n\s*/g, "");
  const paint = filled ? 'fill="currentColor"' : 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${drawing}</symbol>`;
}

const changed = copyLibraries();
const icons = iconsUsed();
const sprite = `<svg xmlns="http://www.w3.org/2000/svg">\n${icons.map(([name, where]) => symbol(name, where)).join("\n")}\n</svg>\n`;
const redrawn = write(join(app, "static/icons.svg"), Buffer.from(sprite));
if (changed || redrawn) console.log(`assets: ${changed} library files copied, ${icons.length} icons in the sprite`);
