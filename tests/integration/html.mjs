// html.mjs CHROMIUM WORK KEPT STEPS - the HTML page as a person uses it: search, filter, scrub, charts; and it asks for nothing.
import { statSync } from "node:fs";
import { launch, result } from "./browser.mjs";

const [chromium, work, kept, count] = process.argv.slice(2);
const steps = +count;
const browser = await launch(chromium, work + "/profile", 1280, 900);
const list = 'document.querySelectorAll("#steps li").length';
const where = 'document.getElementById("where").textContent';
const shown = 'document.getElementById("right").innerText';
try {
	await browser.open("file://" + work + "/page.html");
	result(await browser.value(list) === steps && (await browser.value(shown)).includes("otel-demo/Deployment/quote"),
		"all steps are listed beside the answer");
	await browser.picture(kept + "/page-start.png");

	await browser.click("#next");
	await browser.click("#next");
	result((await browser.value(where)).startsWith("step 2 of") && (await browser.value(shown)).includes("ALERTS"), "a button goes on");
	await browser.click("#on");
	const marked = await browser.value('[run.marker, ...run.steps.map(s => s.marker)].findIndex((text, i) => i > 2 && text)');
	result(marked > 2 && (await browser.value(where)).startsWith(`step ${marked} of`) &&
		(await browser.value(`document.querySelector("p.marker").textContent === run.steps[${marked - 1}].marker`)), "a button goes to the next marker", marked);
	await browser.click("#only");
	result(await browser.value(list) === await browser.value("marked.length"), "only marked steps are listed");
	await browser.click("#only");
	await browser.key("End", 35);
	result((await browser.value(where)).startsWith(`step ${steps} of`), "a key goes to the end");
	const bar = await browser.value('(() => { const r = document.getElementById("scrub").getBoundingClientRect(); return [r.x, r.width]; })()');
	await browser.click("#scrub");
	const at = +/step (\d+)/.exec(await browser.value(where))[1];
	result(Math.abs(at - steps / 2) <= 1 && bar[1] > 300, "a click into the middle of the scrubber shows the middle", at);

	await browser.click("#find");
	await browser.type("ErrImagePull");
	const hits = await browser.value(list);
	result(hits > 0 && hits < steps && (await browser.value('document.getElementById("found").textContent')) === `${hits} of ${steps} steps`,
		"a search leaves the steps that say it", hits);
	await browser.key("Enter", 13);
	result(await browser.value('document.querySelector("mark")?.textContent') === "ErrImagePull", "Enter shows the next, the hits marked");
	await browser.picture(kept + "/page-search.png");
	await browser.value('document.getElementById("find").value = ""; document.getElementById("find").dispatchEvent(new Event("input"))');

	await browser.click('[data-kind="query"]');
	const kinds = await browser.value('[...document.querySelectorAll("#steps button")].map(b => b.innerText.split(/\\s+/)[2])');
	result(kinds.length > 0 && kinds.length < steps && !kinds.includes("alerts") && kinds.includes("suspect"), "a kind of step is left out",
		kinds.join(" "));
	await browser.click('[data-kind="query"]');

	await browser.value(`location.hash = "#step=${steps - 2}"`);
	await browser.until(`${where}.startsWith("step ${steps - 2} of")`);
	const chart = await browser.value(`(() => { const c = document.querySelector("svg.chart"), l = c?.querySelector(".line");
		return c && { title: c.querySelector("title").textContent, length: l.getTotalLength(), width: c.getBoundingClientRect().width,
			color: getComputedStyle(l).stroke, text: c.textContent }; })()`);
	result(chart && chart.length > 300 && chart.width > 600 && chart.title.includes("memory") && chart.text.includes("Mi"),
		"a metric is a chart with its unit", JSON.stringify(chart));
	result(!/[\u2800-\u28ff]/.test(await browser.value(shown)), "and not one of dots");
	await browser.picture(kept + "/page-chart.png");
	result((await browser.value(shown)).includes("日本 <b>&amp;"), "what was noted is shown as it was noted");

	const asked = browser.asked.filter(url => !url.startsWith("file://" + work + "/page.html"));
	result(asked.length === 0, "no request leaves the page", asked.join("\n"));
	const refused = await browser.value(`fetch("file://${work}/run.cast").then(() => "came", () => "refused")`);
	result(refused === "refused", "its own policy would refuse one");
	result(browser.errors.every(e => e.includes("Content Security Policy")), "no errors", browser.errors.join("\n"));

	await browser.open("file://" + work + "/step-2.svg");
	await browser.picture(kept + "/step.svg.png");
	const still = await browser.value(`(() => { const t = [...document.querySelectorAll("text")].find(t => t.textContent.startsWith("Kube"));
		const b = t.getBBox(); return { x: b.x, width: b.width, length: t.textLength.baseVal.value, scripts: document.scripts?.length ?? 0 }; })()`);
	result(Math.abs(still.width - still.length) < 2 && still.scripts === 0, "in the picture a run of text is as long as its cells",
		JSON.stringify(still));
	await browser.open("file://" + work + "/film.svg");
	const moved = await browser.value(`(() => { const film = document.querySelector(".film"), [a] = document.getAnimations();
		const width = document.documentElement.width.baseVal.value, places = [];
		a.pause();
		for (let i = 0; i <= ${steps}; i++) {
			a.currentTime = (2 * i + 1) * 1000;
			places.push(-new DOMMatrix(getComputedStyle(film).transform).m41 / width);
		}
		return places; })()`);
	result(moved.every((place, i) => place === i), "the moving picture shows each step in its time", moved.join(" "));
	await browser.picture(kept + "/film.svg.png");
	result(["page-start", "page-search", "page-chart", "step.svg", "film.svg"].every(name => statSync(`${kept}/${name}.png`).size > 8000),
		`pictures to look at lie in ${kept}`);
} finally {
	await browser.close();
}
