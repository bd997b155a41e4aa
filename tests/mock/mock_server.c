/* mock_server.c - the mock model server as a program: `mock_server [-k KEY] [-l FILE] SCRIPT`.
 *
 * Prints its address and serves until its standard input ends. -l: requests are written to FILE then. */
#include <stdio.h>
#include <unistd.h>

#include "coldcase/file.h"
#include "support/mock_model.h"

static int write_log(mock_model *m, const char *path)
{
	cc_buf all = CC_BUF_INIT;
	cc_err err = { 0 };
	for (size_t i = 0; i < mock_model_requests(m); i++) {
		mock_model_request(m, i, &all);
		cc_buf_addz(&all, "\n\n");
	}
	cc_code code = cc_file_write(path, cc_buf_str(&all), &err);
	if (code != CC_OK)
		fprintf(stderr, "%s\n", err.message);
	cc_buf_deinit(&all);
	return code != CC_OK;
}

int main(int argc, char **argv)
{
	const char *key = NULL, *log = NULL;
	cc_buf script = CC_BUF_INIT;
	cc_err err = { 0 };
	char unused;
	int option, failed = 0;
	while ((option = getopt(argc, argv, "k:l:")) != -1) {
		if (option == 'k')
			key = optarg;
		else if (option == 'l')
			log = optarg;
		else
			return 2;
	}
	if (optind + 1 != argc || cc_file_read(&script, argv[optind], 1 << 20, &err) != CC_OK) {
		fprintf(stderr, "%s\n", err.message[0] ? err.message : "usage: mock_server [-k KEY] [-l FILE] SCRIPT");
		return 2;
	}
	mock_model *m = mock_model_start(script.p, key);
	printf("%s\n", mock_model_url(m));
	fflush(stdout);
	while (read(STDIN_FILENO, &unused, 1) > 0)
		continue;
	if (log)
		failed = write_log(m, log);
	mock_model_stop(m);
	cc_buf_deinit(&script);
	return failed;
}
