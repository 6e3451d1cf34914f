// Bundles each module into one file that asks nothing of the network. The output is committed; a test builds again and compares.
//
//     node build.mjs [FOLDER]        FOLDER defaults to ../akika_widgets/static
import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import path from "node:path";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(here, "..", "akika_widgets", "static"));

await build({
  absWorkingDir: here,
  entryPoints: ["sheet.js", "graph.js"],
  outdir: out,
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "linked",
  logLevel: "warning",
});
