"""pandas_peer.py - pandas reading as ITBench's own log, trace and metric tools do: whole files, then their times.

   python3 -W ignore pandas_peer.py DIR
"""
import glob
import sys

import pandas

folder = sys.argv[1]
for name in ["otel_logs_raw.tsv", "otel_traces_raw.tsv"]:
    frame = pandas.read_csv(f"{folder}/{name}", sep="\t")
    frame["Timestamp"] = pandas.to_datetime(frame["Timestamp"])
    print(name, len(frame))
    del frame
for path in sorted(glob.glob(f"{folder}/metrics/*_raw.tsv")):
    frame = pandas.read_csv(path, sep="\t")
    frame["timestamp"] = pandas.to_datetime(frame["timestamp"])
