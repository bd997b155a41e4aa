// player.mjs CHROMIUM WORK KEPT - the cast in asciinema's own player: at each marker it shows the screen that the picture of that step
// shows. WORK holds run.cast and step-N.txt, the text of each picture.
import { readFileSync, writeFileSync } from "node:fs";
import { launch, result } from "./browser.mjs";

const [chromium, work, kept] = process.argv.slice(2);
const bundle = kept + "/node_modules/asciinema-player/dist/bundle/";
const cast = readFileSync(work + "/run.cast", "utf8");
const markers = cast.split("\n").filter(line => line.includes(',"m",')).map(line => JSON.parse(line)[2]);
writeFileSync(work + "/player.html", `<!doctype html><meta charset="utf-8"><style>${readFileSync(bundle + "asciinema-player.css", "utf8")}</style>
<div id="player"></div><script>${readFileSync(bundle + "asciinema-player.min.js", "utf8").replaceAll("</script", "<\\/script")}</script>
<script>const player = AsciinemaPlayer.create({ data: ${JSON.stringify(cast).replaceAll("<", "\\u003c")} }, document.getElementById("player"),
	{ preload: true, fit: false });</script>`);

// Its spans say at which column they begin; lines and bars are drawn beside the text.
const screen = `[...document.querySelectorAll(".ap-line")].map(line => {
	const cells = [];
	for (const span of line.querySelectorAll("span")) {
		let x = +span.style.getPropertyValue("--offset");
		for (const c of span.textContent) { cells[x++] = c; if (/[\\u2e80-\\ud7ff\\uff00-\\uff60]/.test(c)) cells[x++] = ""; }
	}
	return Array.from(cells, c => c ?? " ").join("");
})`;
const plain = lines => lines.map(line => line.replace(/[\u2500-\u25ff\u2800-\u28ff]/g, " ").trim()).join("\n").trim();

const browser = await launch(chromium, work + "/profile", 1400, 900);
try {
	await browser.open("file://" + work + "/player.html");
	await browser.until('document.querySelectorAll(".ap-line").length === 30');
	const duration = await browser.value("player.getDuration()");
	result(Math.abs(duration - 2 * markers.length) < 0.01, `version 3 is read: ${markers.length} markers, two seconds each`, duration);
	const wrong = [];
	for (let i = 0; i < markers.length; i++) {
		const wanted = plain(readFileSync(`${work}/step-${i}.txt`, "utf8").split("\n"));
		await browser.value(`player.seek({ marker: ${i} })`);
		let shown;
		for (let tries = 0; tries < 50 && shown !== wanted; tries++)
			shown = plain(await browser.value(`new Promise(r => requestAnimationFrame(() => r(${screen})))`));
		if (shown !== wanted) wrong.push(`${i} ${markers[i]}\n${shown}\n--- wanted\n${wanted}`);
	}
	result(wrong.length === 0, "at every marker the screen of its step", wrong[0]);
	const style = await browser.value('document.querySelector(".ap-player").getAttribute("style")');
	result(style.includes("#fbfaf7") && style.includes("#22262b"), "the theme of the header is taken", style);
	await browser.picture(kept + "/player.png");
	result(browser.errors.length === 0, "no errors", browser.errors.join("\n"));
} finally {
	await browser.close();
}
