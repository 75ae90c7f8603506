// Finds the npm packages that build and test the page: where `tests/tools.sh` puts them, or beside this file after `npm install`.

import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const PLACES = ["target/tools/page", "target/tools/npm", "target/tools", "host/playground"];

/** Loads a package. */
export async function tool(name) {
    for (const place of PLACES) {
        const require = createRequire(pathToFileURL(join(ROOT, place, "package.json")));
        try {
            return await import(pathToFileURL(require.resolve(name)));
        } catch (error) {
            if (error.code !== "MODULE_NOT_FOUND") {
                throw error;
            }
        }
    }
    throw new Error(`the npm package \`${name}\` is not there; \`npm install --prefix host/playground\` installs it`);
}
