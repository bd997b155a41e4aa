// The mock model server as the providers' own libraries read it: what they make of its streams is what the script said.
// node sdks.mjs NODE_MODULES URL PACKAGE - one line of TAP a check.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import assert from 'node:assert/strict';

const [modules, url, name] = process.argv.slice(2);
const require = createRequire(modules + '/');
const load = async (path) => import(pathToFileURL(require.resolve(path)).href);
const said = { think: 'I look at the alerts first, é.', text: 'Two things to see.', filter: 'level>=error', last: 'It was the cart.' };
const schema = { type: 'object', properties: { filter: { type: 'string' } } };
const key = 'sk-test-0123456789abcdef';

let n = 0;
async function check(what, body) {
  n++;
  try {
    await body();
    console.log(`ok ${n} - ${what}`);
  } catch (e) {
    console.log(`not ok ${n} - ${what}`);
    console.error(e);
  }
}

async function openai() {
  const { default: OpenAI, RateLimitError } = await load('openai');
  const client = new OpenAI({ apiKey: key, baseURL: url + '/v1', maxRetries: 0 });
  const tools = ['alerts', 'logs'].map((t) => ({ type: 'function', function: { name: t, parameters: schema } }));
  const messages = [{ role: 'user', content: 'What broke?' }];
  await check('openai, chat completions: thinking, text, two calls and usage', async () => {
    const stream = client.chat.completions.stream({ model: 'm', messages, tools, stream_options: { include_usage: true } });
    let thought = '';
    for await (const chunk of stream) thought += chunk.choices[0]?.delta?.reasoning_content ?? '';
    const done = await stream.finalChatCompletion();
    const m = done.choices[0].message;
    assert.equal(thought, said.think);
    assert.equal(m.content, said.text);
    assert.equal(done.choices[0].finish_reason, 'tool_calls');
    assert.deepEqual(m.tool_calls.map((c) => [c.function.name, JSON.parse(c.function.arguments)]), [['alerts', {}], ['logs', { filter: said.filter }]]);
    assert.equal(done.usage.prompt_tokens, 120);
    assert.equal(done.usage.prompt_tokens_details.cached_tokens, 100);
    messages.push({ role: 'assistant', content: m.content, tool_calls: m.tool_calls.map(({ id, type, function: f }) => ({ id, type, function: { name: f.name, arguments: f.arguments } })) });
    for (const c of m.tool_calls) messages.push({ role: 'tool', tool_call_id: c.id, content: 'none' });
  });
  await check('openai, chat completions: the next turn', async () => {
    const done = await client.chat.completions.stream({ model: 'm', messages, tools }).finalChatCompletion();
    assert.equal(done.choices[0].message.content, said.last);
  });
  await check('openai, chat completions: an error', async () => {
    await assert.rejects(client.chat.completions.create({ model: 'm', messages: [...messages, { role: 'assistant', content: 'x' }, { role: 'user', content: 'y' }], stream: true }),
      (e) => e instanceof RateLimitError && /Slow down/.test(e.message) && e.headers.get('retry-after') === '1');
  });
  const input = [{ role: 'user', content: 'What broke?' }];
  const flat = ['alerts', 'logs'].map((t) => ({ type: 'function', name: t, parameters: schema, strict: false }));
  await check('openai, responses: reasoning, text, two calls and usage', async () => {
    const done = await client.responses.stream({ model: 'm', input, tools: flat, store: false, include: ['reasoning.encrypted_content'] }).finalResponse();
    assert.equal(done.output_text, said.text);
    assert.equal(done.output[0].summary[0].text, said.think);
    assert.deepEqual(done.output.filter((i) => i.type === 'function_call').map((c) => [c.name, c.arguments]), [['alerts', '{}'], ['logs', `{"filter":"${said.filter}"}`]]);
    assert.equal(done.usage.input_tokens, 120);
    input.push(...done.output.map(({ parsed_arguments, parsed, ...item }) => item));
    for (const c of done.output) if (c.type === 'function_call') input.push({ type: 'function_call_output', call_id: c.call_id, output: 'none' });
  });
  await check('openai, responses: the next turn', async () => {
    const done = await client.responses.stream({ model: 'm', input, tools: flat, store: false }).finalResponse();
    assert.equal(done.output_text, said.last);
  });
}

async function anthropic() {
  const { default: Anthropic, RateLimitError } = await load('@anthropic-ai/sdk');
  const client = new Anthropic({ apiKey: key, baseURL: url, maxRetries: 0 });
  const tools = ['alerts', 'logs'].map((t) => ({ name: t, input_schema: schema }));
  const messages = [{ role: 'user', content: 'What broke?' }];
  const ask = (more = []) => client.messages.stream({ model: 'm', max_tokens: 1000, messages: [...messages, ...more], tools }).finalMessage();
  await check('anthropic: thinking with its signature, text, two calls and usage', async () => {
    const m = await ask();
    assert.deepEqual(m.content.map((b) => b.type), ['thinking', 'text', 'tool_use', 'tool_use']);
    assert.equal(m.content[0].thinking, said.think);
    assert.equal(m.content[0].signature, 'sig-0');
    assert.equal(m.content[1].text, said.text);
    assert.deepEqual(m.content.slice(2).map((b) => [b.name, b.input]), [['alerts', {}], ['logs', { filter: said.filter }]]);
    assert.equal(m.stop_reason, 'tool_use');
    assert.deepEqual([m.usage.input_tokens, m.usage.cache_read_input_tokens, m.usage.output_tokens], [20, 100, 30]);
    messages.push({ role: 'assistant', content: m.content });
    messages.push({ role: 'user', content: m.content.slice(2).map((b) => ({ type: 'tool_result', tool_use_id: b.id, content: 'none' })) });
  });
  await check('anthropic: the next turn', async () => {
    const m = await ask();
    assert.equal(m.content[0].text, said.last);
    assert.equal(m.stop_reason, 'end_turn');
  });
  await check('anthropic: an error', async () => {
    await assert.rejects(ask([{ role: 'assistant', content: 'x' }, { role: 'user', content: 'y' }]), (e) => e instanceof RateLimitError && e.error.error.type === 'rate_limit_error');
  });
}

async function gemini() {
  const { GoogleGenAI } = await load('@google/genai');
  const ai = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } });
  const tools = [{ functionDeclarations: ['alerts', 'logs'].map((t) => ({ name: t, parametersJsonSchema: schema })) }];
  const contents = [{ role: 'user', parts: [{ text: 'What broke?' }] }];
  await check('gemini: thoughts, text, two calls and usage', async () => {
    const parts = [], calls = [];
    let usage, reason;
    for await (const chunk of await ai.models.generateContentStream({ model: 'm', contents, config: { tools } })) {
      parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
      calls.push(...(chunk.functionCalls ?? []));
      usage = chunk.usageMetadata ?? usage;
      reason = chunk.candidates?.[0]?.finishReason ?? reason;
    }
    assert.equal(parts.filter((p) => p.thought).map((p) => p.text).join(''), said.think);
    assert.equal(parts.filter((p) => !p.thought).map((p) => p.text ?? '').join(''), said.text);
    assert.deepEqual(calls.map((c) => [c.name, c.args]), [['alerts', {}], ['logs', { filter: said.filter }]]);
    assert.equal(parts.find((p) => p.functionCall).thoughtSignature, 'c2ln');
    assert.deepEqual([usage.promptTokenCount, usage.candidatesTokenCount, usage.thoughtsTokenCount], [120, 20, 10]);
    assert.equal(reason, 'STOP');
    contents.push({ role: 'model', parts: parts.filter((p) => p.functionCall) });
    contents.push({ role: 'user', parts: calls.map((c) => ({ functionResponse: { name: c.name, response: { output: 'none' } } })) });
  });
  await check('gemini: the next turn', async () => {
    let text = '';
    for await (const chunk of await ai.models.generateContentStream({ model: 'm', contents, config: { tools } })) text += chunk.text ?? '';
    assert.equal(text, said.last);
  });
}

async function ollama() {
  const { Ollama } = await load('ollama');
  const client = new Ollama({ host: url });
  const tools = ['alerts', 'logs'].map((t) => ({ type: 'function', function: { name: t, parameters: schema } }));
  const messages = [{ role: 'user', content: 'What broke?' }];
  await check('ollama: thinking, text, two calls and counts', async () => {
    let thinking = '', content = '', last;
    const calls = [];
    for await (const part of await client.chat({ model: 'm', messages, tools, stream: true })) {
      thinking += part.message.thinking ?? '';
      content += part.message.content;
      calls.push(...(part.message.tool_calls ?? []));
      last = part;
    }
    assert.equal(thinking, said.think);
    assert.equal(content, said.text);
    assert.deepEqual(calls.map((c) => [c.function.name, c.function.arguments]), [['alerts', {}], ['logs', { filter: said.filter }]]);
    assert.deepEqual([last.done, last.prompt_eval_count, last.eval_count], [true, 120, 30]);
    messages.push({ role: 'assistant', content, thinking, tool_calls: calls });
    for (const c of calls) messages.push({ role: 'tool', tool_name: c.function.name, content: 'none' });
  });
  await check('ollama: the next turn', async () => {
    let content = '';
    for await (const part of await client.chat({ model: 'm', messages, tools, stream: true })) content += part.message.content;
    assert.equal(content, said.last);
  });
}

await { openai, '@anthropic-ai/sdk': anthropic, '@google/genai': gemini, ollama }[name]();
