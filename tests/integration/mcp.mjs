// The MCP server as the protocol's own client library and its inspector drive it.
// node mcp.mjs NODE_MODULES sdk|inspector PROGRAM INCIDENT WORK - one line of TAP a check, counted on from FIRST;
// runs are left below WORK.
import { createRequire } from 'node:module';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import assert from 'node:assert/strict';

const [modules, who, program, incident, work] = process.argv.slice(2);
const require = createRequire(modules + '/');
const cause = 'otel-demo/Deployment/checkout';
const serve = (runs) => ['mcp', incident, '--out', `${work}/${runs}`];
const text = (result) => result.content.map((c) => c.text).join('\n');

let n = +(process.env.FIRST ?? 0);
async function check(what, body) {
  n++;
  try {
    await body();
    console.log(`ok ${n} - ${who}: ${what}`);
  } catch (e) {
    console.log(`not ok ${n} - ${who}: ${what}`);
    console.error(e);
  }
}

function look(tools) {
  const named = new Map(tools.map((t) => [t.name, t]));
  assert.ok(tools.length >= 30 && named.size === tools.length);
  for (const name of ['alerts', 'changes', 'paths', 'pin', 'suspect', 'submit']) assert.ok(named.has(name), name);
  for (const t of tools)
    for (const [key, p] of Object.entries(t.outputSchema.properties)) assert.ok(p.type, `${t.name}: ${key} has no type`);
  for (const t of tools) assert.ok(t.description && t.inputSchema.type === 'object' && t.outputSchema.type === 'object', t.name);
  assert.deepEqual(tools.filter((t) => t.annotations.destructiveHint).map((t) => t.name), ['submit']);
}

async function sdk() {
  const { Client } = require('@modelcontextprotocol/sdk/client/index.js');
  const { StdioClientTransport } = require('@modelcontextprotocol/sdk/client/stdio.js');
  const connect = async (runs) => {
    const client = new Client({ name: 'the sdk', version: '1' });
    await client.connect(new StdioClientTransport({ command: program, args: serve(runs) }));
    return client;
  };
  const client = await connect('play');
  const call = async (name, args = {}) => {
    const result = await client.callTool({ name, arguments: args });
    assert.ok(!result.isError, text(result));
    return result;
  };
  let tools, cite, number;
  await check('it connects and is told who serves', async () => {
    assert.equal(client.getServerVersion().name, 'coldcase');
    assert.match(client.getInstructions(), /submit confirm=submit/);
    await client.ping();
  });
  await check('tools/list', async () => {
    ({ tools } = await client.listTools());
    look(tools);
  });
  await check('resources: the briefing', async () => {
    const { resources } = await client.listResources();
    assert.ok(resources.some((r) => r.uri === 'coldcase://briefing'));
    const { contents } = await client.readResource({ uri: 'coldcase://briefing' });
    assert.equal(contents[0].mimeType, 'text/plain');
    assert.match(contents[0].text, /NoRequestsDetected/);
  });
  await check('resources: the schema tells the same as tools/list', async () => {
    const { contents } = await client.readResource({ uri: 'coldcase://schema' });
    assert.equal(contents[0].mimeType, 'application/json');
    const { commands, filters } = JSON.parse(contents[0].text);
    assert.deepEqual(commands.map((c) => [c.name, c.input_schema, c.output_schema]), tools.map((t) => [t.name, t.inputSchema, t.outputSchema]));
    for (const c of commands) assert.ok(!c.filter_table || filters.tables[c.filter_table].length > 3, c.name);
  });
  // Every result below is held against its tool's outputSchema by the library, which throws when it does not fit.
  await check('alerts', async () => {
    const { structuredContent: s } = await call('alerts');
    assert.ok(s.alerts.some((a) => a.alert === 'NoRequestsDetected' && /email/.test(a.entity)));
  });
  await check('changes of one thing, with a citation', async () => {
    const { structuredContent: s } = await call('changes', { entity: cause, limit: 20 });
    ({ cite } = s.changes.find((c) => /CART_ADDR/.test(c.change)));
    assert.match(cite, /#\d+$/);
  });
  await check('paths: errors begin at that thing', async () => {
    const result = await call('paths', { by: 'origin' });
    assert.ok(result.structuredContent.origins.some((o) => o.service === 'checkout'));
    assert.match(text(result), /checkout/);
  });
  await check('pin', async () => {
    ({ structuredContent: { pin: { number } } } = await call('pin', { cite, note: 'nobody listens "there"' }));
    assert.equal(number, 1);
  });
  await check('suspect', async () => {
    const { structuredContent: s } = await call('suspect', { name: cause, confidence: 0.9, reason: 'CART_ADDR names nobody', pins: String(number) });
    assert.deepEqual(s.suspects.map((x) => x.name), [cause]);
  });
  await check('what is wrong in a call is a result; an unknown tool is an error', async () => {
    const wrong = await client.callTool({ name: 'logs', arguments: { bogus: 1 } });
    assert.ok(wrong.isError && /has no argument bogus/.test(text(wrong)));
    await assert.rejects(client.callTool({ name: 'nope', arguments: {} }), (e) => e.code === -32602);
  });
  await check('submit reviews, and with confirm=submit ends it', async () => {
    assert.equal((await call('submit')).structuredContent.answer.submitted, false);
    assert.equal((await call('submit', { confirm: 'submit' })).structuredContent.answer.submitted, true);
    assert.ok((await client.callTool({ name: 'alerts', arguments: {} })).isError);
  });
  await client.close();

  const other = await connect('schemas');
  await other.listTools();
  await check('what a tool answers without arguments is as its schema says', async () => {
    let answers = 0;
    for (const { name, inputSchema } of tools) {
      if (inputSchema.required) continue;
      answers += !(await other.callTool({ name, arguments: {} })).isError;
    }
    assert.ok(answers >= 15, String(answers));
  });
  await other.close();
}

async function inspector() {
  const config = `${work}/config.json`;
  writeFileSync(config, JSON.stringify({ mcpServers: { coldcase: { type: 'stdio', command: program, args: serve('inspected') } } }));
  const home = `${modules}/@modelcontextprotocol/inspector`;
  const bin = Object.values(JSON.parse(readFileSync(`${home}/package.json`)).bin)[0];
  const ask = (...args) => JSON.parse(execFileSync(process.execPath, [`${home}/${bin}`, '--cli', '--config', config, '--server', 'coldcase', ...args],
    { encoding: 'utf8', maxBuffer: 1 << 26, timeout: 30000, env: { ...process.env, MCP_INSPECTOR_SECRET_STORE: 'memory' } }));
  await check('tools/list', () => look(ask('--method', 'tools/list').tools));
  await check('tools/call', () => {
    const result = ask('--method', 'tools/call', '--tool-name', 'alerts', '--tool-arg', 'limit=2');
    assert.ok(!result.isError && /ALERTS/.test(text(result)), text(result));
    assert.equal(result.structuredContent.returned_count, 2);
  });
  await check('resources/read', () => {
    assert.match(ask('--method', 'resources/read', '--uri', 'coldcase://briefing').contents[0].text, /NoRequestsDetected/);
  });
}

await { sdk, inspector }[who]();
