// duckdb.cjs - DuckDB doing what coldcase does, two threads, through its own Node.js package.
//
//   node duckdb.cjs index DIR            read times, ids, services, bodies … of logs, spans and samples into memory
//   node duckdb.cjs logs DIR             the same of the logs alone
//   node duckdb.cjs all DIR              every column of them
//   node duckdb.cjs build DIR FILE       the index, into DuckDB's own file
//   node duckdb.cjs reopen DIR FILE      open that file and answer a first question
//   node duckdb.cjs ask DIR N POD        the index, then each question N times: q NAME median-ms answer
//
// Column types are given, so that nothing is spent on guessing them. PEERS is the folder with node_modules.
const { createRequire } = require('module')
const duckdb = createRequire(process.env.PEERS + '/x.js')('@duckdb/node-api')
const [mode, dir, arg, pod] = process.argv.slice(2)

const log = 'Timestamp TimestampTime TraceId SpanId TraceFlags SeverityText SeverityNumber ServiceName Body ' +
	'ResourceSchemaUrl ResourceAttributes ScopeSchemaUrl ScopeName ScopeVersion ScopeAttributes LogAttributes'
const span = 'Timestamp TraceId SpanId ParentSpanId TraceState SpanName SpanKind ServiceName ResourceAttributes ' +
	'ScopeName ScopeVersion SpanAttributes Duration StatusCode StatusMessage ' +
	'Events.Timestamp Events.Name Events.Attributes Links.TraceId Links.SpanId Links.TraceState Links.Attributes'
const pods = 'metric_name timestamp value pod_name namespace tags'
const services = 'metric_name timestamp value service_name namespace bucket_le tags metric_type status_code'
const typed = { Timestamp: 'TIMESTAMP', timestamp: 'TIMESTAMP', Duration: 'BIGINT', value: 'DOUBLE' }

function source(file, columns) {
	const list = columns.split(' ').map((c) => `'${c}': '${typed[c] || 'VARCHAR'}'`).join(', ')
	return `read_csv('${dir}/${file}', delim='\t', quote='"', escape='"', header=true, auto_detect=false,
		columns={${list}})`
}

const tables = [
	['logs', 'Timestamp, TraceId, ServiceName, SeverityText, Body', source('otel_logs_raw.tsv', log)],
	['spans', 'Timestamp, TraceId, SpanId, ParentSpanId, ServiceName, SpanName, Duration, StatusCode',
		source('otel_traces_raw.tsv', span)],
	['pods', 'metric_name, timestamp, value, pod_name, tags', source('metrics/pod_*_raw.tsv', pods)],
	['services', 'metric_name, timestamp, value, service_name, bucket_le, tags, status_code',
		source('metrics/service_*_raw.tsv', services)]
]
const half = "Timestamp >= '2025-12-15 17:45:00' and Timestamp < '2025-12-15 18:15:00'"
const counted = `select ServiceName, SeverityText, count(*)::bigint n from logs where ${half} group by all`
const word = "x -> case when regexp_matches(x, '[0-9]') then '<*>' else x end"
const questions = {
	'half an hour by service and level': [counted,
		(r) => `${sum(r, 2)} rows (${r.length} groups)`],
	'calls between services': [`select p.ServiceName a, c.ServiceName b, count(*)::bigint n,
		count(*) filter (c.StatusCode = 'Error')::bigint e, quantile_disc(c.Duration, 0.99)::bigint p
		from spans c join spans p on c.TraceId = p.TraceId and c.ParentSpanId = p.SpanId
		where p.ServiceName <> c.ServiceName group by all`,
		(r) => `${r.length} edges, ${sum(r, 2)} calls, ${sum(r, 3)} errors, sum of p99 ${sum(r, 4)}`],
	'p99 of a span': [`select count(*)::bigint, quantile_disc(Duration, 0.99)::bigint from spans
		where ServiceName = 'frontend-proxy' and SpanName = 'ingress'`,
		(r) => `${r[0][0]} spans, p99 ${r[0][1]}`],
	'half an hour of a series': [`select timestamp, value from pods
		where metric_name = 'container_memory_rss' and pod_name = '${pod}' and
		${half.replaceAll('Timestamp', 'timestamp')} order by 1`,
		(r) => `${r.length} points, sum ${r.reduce((a, x) => a + x[1], 0).toFixed(0)}`],
	'log templates': [`select array_to_string(list_transform(string_split(Body, ' '), ${word}), ' ') t,
		count(*)::bigint n from logs group by 1 order by 2 desc`,
		(r) => `${sum(r, 1)} records (${r.length} templates)`],
	'bodies with a literal': ["select count(*)::bigint from logs where contains(Body, 'name resolver error')",
		(r) => `${r[0][0]} rows`],
	'bodies with one of four': [`select count(*)::bigint from logs
		where regexp_matches(Body, 'cart failure|ECONNREFUSED|REQTMOUT|GOAWAY')`, (r) => `${r[0][0]} rows`]
}

function sum(rows, column) {
	return rows.reduce((a, x) => a + BigInt(x[column]), 0n)
}

async function load(connection, wanted, all) {
	for (const [name, columns, from] of wanted)
		await connection.run(`create table ${name} as select ${all ? '*' : columns} from ${from}`)
}

async function rows(connection, sql) {
	return (await connection.runAndReadAll(sql)).getRows()
}

async function ask(connection, repeats) {
	for (const [name, [sql, answer]] of Object.entries(questions)) {
		const times = []
		let result
		for (let i = 0; i < repeats; i++) {
			const began = process.hrtime.bigint()
			result = await rows(connection, sql)
			times.push(Number(process.hrtime.bigint() - began) / 1e6)
		}
		times.sort((a, b) => a - b)
		console.log(`q\tDuckDB asked: ${name}\t${times[repeats >> 1].toFixed(4)}\t${answer(result)}`)
	}
}

async function main() {
	const file = mode === 'build' || mode === 'reopen' ? arg : ':memory:'
	const db = await duckdb.DuckDBInstance.create(file, { threads: '2' })
	const connection = await db.connect()
	if (mode === 'reopen')
		console.log('groups:', (await rows(connection, counted)).length)
	else
		await load(connection, mode === 'logs' ? tables.slice(0, 1) : tables, mode === 'all')
	if (mode === 'ask')
		await ask(connection, Number(arg))
	connection.closeSync()
}
main().catch((e) => { console.error(e.message); process.exit(1) })
