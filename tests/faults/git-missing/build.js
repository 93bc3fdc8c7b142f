const { execFileSync } = require("node:child_process");
const program = ["g", "it"].join("");
require("node:fs").writeFileSync("version.txt", execFileSync(program, ["--version"]));
