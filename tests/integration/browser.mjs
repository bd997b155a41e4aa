// browser.mjs - a headless Chromium over its debugging pipe, with nothing but what Node has: pages are looked at and typed into as
// a person would, and every address they ask for is noted.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";

export async function launch(chromium, profile, width = 1200, height = 800) {
	const process = spawn(chromium, ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
		"--disable-background-networking", `--user-data-dir=${profile}`, `--window-size=${width},${height}`, "about:blank"],
	{ stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
	const [input, output] = [process.stdio[3], process.stdio[4]];
	const waiting = new Map(), asked = [], errors = [];
	let last = 0, rest = "", session, loaded = () => {};

	const hear = message => {
		if (message.id) {
			const { resolve, reject } = waiting.get(message.id);
			waiting.delete(message.id);
			if (message.error) reject(new Error(message.error.message));
			else resolve(message.result);
		} else if (message.method === "Network.requestWillBeSent") {
			asked.push(message.params.request.url);
		} else if (message.method === "Page.loadEventFired") {
			loaded();
		} else if (message.method === "Runtime.exceptionThrown") {
			errors.push(message.params.exceptionDetails.exception?.description ?? message.params.exceptionDetails.text);
		} else if (message.method === "Log.entryAdded" && message.params.entry.level === "error") {
			errors.push(message.params.entry.text);
		}
	};
	output.on("data", bytes => {
		const parts = (rest + bytes).split("\0");
		rest = parts.pop();
		parts.forEach(part => hear(JSON.parse(part)));
	});
	output.setEncoding("utf8");
	process.on("exit", () => waiting.forEach(({ reject }) => reject(new Error("the browser is gone"))));
	const send = (method, params = {}, sessionId = session) => new Promise((resolve, reject) => {
		waiting.set(++last, { resolve, reject });
		input.write(JSON.stringify({ id: last, method, params, sessionId }) + "\0");
	});

	const { targetInfos } = await send("Target.getTargets");
	session = (await send("Target.attachToTarget", { targetId: targetInfos.find(t => t.type === "page").targetId, flatten: true })).sessionId;
	for (const domain of ["Page", "Network", "Runtime", "Log"]) await send(domain + ".enable");

	return {
		asked, errors,
		async open(url) {
			asked.length = errors.length = 0;
			const done = new Promise(resolve => { loaded = resolve; });
			await send("Page.navigate", { url });
			await done;
		},
		// The value of an expression; promises are waited for.
		async value(expression) {
			const r = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
			if (r.exceptionDetails) throw new Error(r.exceptionDetails.exception?.description ?? r.exceptionDetails.text);
			return r.result.value;
		},
		// Until an expression is true, after whatever draws the page; never longer than ten seconds.
		async until(expression) {
			for (const end = Date.now() + 10000; Date.now() < end;)
				if (await this.value(`new Promise(r => requestAnimationFrame(() => r(!!(${expression}))))`)) return;
			throw new Error("never came true: " + expression);
		},
		async type(text) {
			for (const char of text) await send("Input.dispatchKeyEvent", { type: "char", text: char });
		},
		async key(key, code) {
			for (const type of ["rawKeyDown", "keyUp"])
				await send("Input.dispatchKeyEvent", { type, key, code: key, windowsVirtualKeyCode: code });
		},
		async click(selector) {
			const { x, y } = await this.value(`(() => { const r = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
				return { x: r.x + r.width / 2, y: r.y + r.height / 2 }; })()`);
			for (const type of ["mousePressed", "mouseReleased"])
				await send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
		},
		async picture(path) {
			writeFileSync(path, Buffer.from((await send("Page.captureScreenshot", { format: "png" })).data, "base64"));
		},
		async close() {
			await send("Browser.close", {}, undefined).catch(() => {});
			process.kill();
		},
	};
}

// Results as the other tests print them.
let count = +(process.env.FIRST ?? 0);
export function result(ok, text, detail = "") {
	console.log(`${ok ? "ok" : "not ok"} ${++count} - ${text}`);
	if (!ok && detail) console.error(detail);
}
