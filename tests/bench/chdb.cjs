// chdb.cjs - ClickHouse inside Node.js (chdb): the log records in memory, then their templates N times.
//
//   node chdb.cjs DIR N                  q NAME median-ms answer
//
// A word with a digit becomes <*>, as in duckdb.cjs. PEERS is the folder with node_modules.
const { createRequire } = require('module')
const { Session } = createRequire(process.env.PEERS + '/x.js')('chdb')
const [dir, repeats] = [process.argv[2], Number(process.argv[3])]

const columns = 'Timestamp TimestampTime TraceId SpanId TraceFlags SeverityText SeverityNumber ServiceName Body ' +
	'ResourceSchemaUrl ResourceAttributes ScopeSchemaUrl ScopeName ScopeVersion ScopeAttributes LogAttributes'
const types = columns.split(' ').map((c) => `${c} String`).join(', ')
const settings = `format_custom_escaping_rule = 'CSV', format_custom_field_delimiter = '\t', max_threads = 2,
	format_csv_delimiter = '\t', format_csv_allow_single_quotes = 0`
const masked = "arrayMap(x -> if(match(x, '[0-9]'), '<*>', x), splitByChar(' ', Body))"
const templates = `select count() as templates, sum(n) as records from
	(select arrayStringConcat(${masked}, ' ') as t, count() as n from b.logs group by t)
	settings max_threads = 2 format TSV`

const session = new Session()
session.query('create database b engine = Memory')
session.query('create table b.logs (Timestamp DateTime64(9), TraceId String, ServiceName LowCardinality(String), ' +
	'SeverityText LowCardinality(String), Body String) engine = Memory')
session.query(`insert into b.logs select toDateTime64(Timestamp, 9), TraceId, ServiceName, SeverityText, Body from
	file('${dir}/otel_logs_raw.tsv', 'CustomSeparatedWithNames', '${types}') settings ${settings}`)
const times = []
let result
for (let i = 0; i < repeats; i++) {
	const began = process.hrtime.bigint()
	result = session.query(templates)
	times.push(Number(process.hrtime.bigint() - began) / 1e6)
}
times.sort((a, b) => a - b)
const [count, records] = result.trim().split('\t')
const median = times[repeats >> 1].toFixed(4)
console.log(`q\tClickHouse asked: log templates\t${median}\t${records} records (${count} templates)`)
session.close()
