/* published.c - scores of ITBench-AA (SRE) as its authors and readers printed them. They stand beside a league for orientation:
 * the benchmark maps names with a model and has its own set of tasks, so no difference to a number of ours means anything. */
#include "coldcase/league.h"

static const cc_published rows[] = {
	{ "GPT-5.6 Sol (max)", 0.562, "leads the table", "7 Aug 2026" },
	{ "GLM-5.3-Flash", 0.512, "second hand", "1 Oct 2026" },
	{ "GPT-5.6 Terra (max)", 0.51, "", "8 Sep 2026" },
	{ "Kimi K3 (max)", 0.48, "", "8 Sep 2026" },
	{ "Claude Opus 4.7 (adaptive, max)", 0.467, "$5.38 a task", "28 May 2026" },
	{ "GLM-5.3", 0.461, "second hand", "1 Oct 2026" },
	{ "GPT-5.5 (xhigh)", 0.458, "31 turns", "28 May 2026" },
	{ "Qwen3.7 Max", 0.425, "", "28 May 2026" },
	{ "GLM-5.1 (reasoning)", 0.403, "$1.23 a task", "28 May 2026" },
	{ "Gemini 3.5 Flash (high)", 0.40, "about; $1.70 a task", "28 May 2026" },
	{ "GPT-5.6 Luna (max)", 0.40, "", "8 Sep 2026" },
	{ "DeepSeek V4 Pro (max)", 0.383, "", "28 May 2026" },
	{ "Gemma 4 31B (reasoning)", 0.37, "$0.14 a task, 58 turns", "28 May 2026" },
	{ "Kimi K2.6", 0.312, "", "28 May 2026" },
	{ "Gemini 3.1 Pro Preview", 0.30, "$2.23 a task, 83 turns", "28 May 2026" },
};

size_t cc_published_count(void)
{
	return sizeof rows / sizeof rows[0];
}

const cc_published *cc_published_get(size_t i)
{
	return i < cc_published_count() ? &rows[i] : NULL;
}
