"""A lighter build of the screens: what Reflex brings for every app and ours never uses is left out (15 kB of 160, gzipped)."""

from __future__ import annotations

import json
from typing import Any

from reflex_base.plugins import Plugin

from tamemap.i18n import t

CONFIG = "vite.config.js"
BEFORE = "export default defineConfig"
FIRST = "alwaysUseReactDomServerNode(),"

# what Reflex says when another version of the screens was opened than the one that the server runs
BANNER = {"A new version of this app is available.": "shell.new_version", "Reload": "form.reload"}

# Emotion styles what carries a ``css`` prop: Reflex's own pages for errors only, for which a style is enough.
# Cookies are read by nobody here, and of the socket's three transports one is used. An indirect ``eval`` does the same for
# events of ours (there are none) but lets the minifier shorten names; ``window.__reflex`` serves components made at run time.
VITE = r"""
const minified = {
  // names and spaces only: old phones read these scripts as they were written
  ".js": async (name, text) => {
    const { minify } = await import("rolldown/experimental");
    const made = await minify(name, text, { compress: false, mangle: true, codegen: { removeWhitespace: true } });
    if (made.errors.length) throw new Error(`${name}: ${made.errors[0].message}`);
    return made.code;
  },
  ".css": async (name, text) => {
    const { transform } = await import("lightningcss");
    const targets = { chrome: 90 << 16, firefox: 90 << 16, safari: 14 << 16 };  // keeps what older phones do not know out of it
    return transform({ filename: name, code: Buffer.from(text), minify: true, targets }).code;
  },
};

/* The files that are served as they lie there, made small where they were copied to. */
async function minifyCopies(from, to) {
  const { readdir, readFile, writeFile } = await import("node:fs/promises");
  for (const name of await readdir(from, { recursive: true })) {
    const make = minified[name.slice(name.lastIndexOf("."))];
    // as its makers made it
    if (!make || name.endsWith("leaflet.js")) continue;
    await writeFile(`${to}/${name}`, await make(name, await readFile(`${from}/${name}`, "utf8")));
  }
}

function tamemapLighter() {
  let built;
  // the one banner that Reflex draws by itself speaks our words
  const words = Object.entries(WORDS);
  const ours = (code) => words.reduce((made, [theirs, said]) => made.replace(theirs, JSON.stringify(said)), code);
  const made = {
    "@emotion/react": `import { createElement } from "react";
      export const jsx = (type, props, ...children) => {
        if (props && props.css) { const { css, style, ...rest } = props; props = { ...rest, style: { ...css, ...style } }; }
        return createElement(type, props, ...children);
      };
      export const keyframes = () => "";`,
    "universal-cookie": "export default class { get() {} set() {} remove() {} }",
  };
  return {
    name: "tamemap-lighter",
    enforce: "pre",
    configResolved(config) { built = config; },
    async closeBundle() {
      if (this.environment.name === "client") await minifyCopies(built.publicDir, `${built.root}/build/client`);
    },
    resolveId: { filter: { id: /^(@emotion\/react|universal-cookie)$/ }, handler: (id) => "\0lighter:" + id },
    load: { filter: { id: /^\0lighter:/ }, handler: (id) => made[id.slice(9)] },
    transform(code, id) {
      if (id.endsWith("/engine.io-client/build/esm/transports/index.js"))
        return { code: `import { WS } from "./websocket.node.js"; export const transports = { websocket: WS };`, map: null };
      if (id.endsWith("/utils/state.js")) return { code: ours(code.replaceAll(/(?<![.\w?])eval\(/g, "(0, eval)(")), map: null };
      if (id.endsWith("/app/root.jsx")) return { code: code.replace(/window\.__reflex = \{[^}]*\};/, ""), map: null };
      return null;
    },
  };
}

"""


class LighterPlugin(Plugin):
    """Adds the above to the build's configuration."""

    def pre_compile(self, **context: Any) -> None:
        """Change the configuration after Reflex has written it."""
        context["add_modify_task"](CONFIG, lighter)


def lighter(config: str) -> str:
    """The configuration with our part in it. Raises RuntimeError where Reflex writes it otherwise than we know."""
    if BEFORE not in config or FIRST not in config:
        raise RuntimeError("Reflex writes its vite.config.js in another way than 0.10.1: look at tamemap/ui/lighter.py")
    said = {f'"{theirs}"': t(key) for theirs, key in BANNER.items()}
    return config.replace(BEFORE, VITE.replace("WORDS", json.dumps(said), 1) + BEFORE, 1).replace(
        FIRST, f"tamemapLighter(),\n    {FIRST}", 1
    )
