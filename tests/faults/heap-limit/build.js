const kept = [];
for (let index = 0; index < 3_000_000; index++) kept.push({ index, text: `number ${index}` });
require("node:fs").writeFileSync("built.txt", String(kept.length));
