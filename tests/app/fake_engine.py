#!/usr/bin/env python3
"""An engine that misbehaves on purpose; HEEDMAP_FAKE_ENGINE says how.

Behind a correct `initialize` it answers `test/echo` with its params, counts what it was sent with `test/puts`, and
never answers `test/never`. In the mode "takes text image?" its models take these inputs, and a run answers with those
it was given.
"""
import hashlib
import json
import os
import sys
import time

MODE = os.environ.get("HEEDMAP_FAKE_ENGINE", "")
OUT = sys.stdout.buffer


def raw(data):
    OUT.write(data)
    OUT.flush()


def send(message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    raw(b"Content-Length: %d\r\n\r\n" % len(body) + body)


def frames():
    """(headers, body) until the input ends."""
    while True:
        headers = {}
        while (line := sys.stdin.buffer.readline()) not in (b"\r\n", b""):
            name, value = line.decode().split(":", 1)
            headers[name.lower()] = value.strip()
        if not headers:
            return
        yield headers, sys.stdin.buffer.read(int(headers["content-length"]))


def initialize(identifier):
    if MODE == "exits in initialize":
        print("cannot find libtorch", file=sys.stderr)
        sys.exit(3)
    if MODE == "refuses":
        send({"id": identifier, "error": {"code": -32000, "message": "too old", "data": {"kind": "unsupported"}}})
    elif MODE == "other protocol":
        send({"id": identifier, "result": {"protocol": 2}})
    else:
        send({"id": identifier, "result": {"protocol": 1, "engine": {"name": "fake", "version": "0"}}})


def misbehave():
    """What happens at `test/misbehave`."""
    if MODE == "garbage":
        raw(b"Traceback (most recent call last):\n")
    elif MODE == "huge length":
        raw(b"Content-Length: 99999999999\r\n\r\n")
    elif MODE == "huge header":
        raw(b"X" * 100000)
    elif MODE == "malformed json":
        raw(b"Content-Length: 4\r\n\r\n{{{{")
    elif MODE == "deep json":
        raw(b"Content-Length: 1000000\r\n\r\n" + b"[" * 1000000)
    elif MODE == "not a reply":
        send({"id": 1})
    elif MODE == "exits":
        sys.exit(0)
    elif MODE == "closes its output":
        os.close(1)
        time.sleep(0.05)
        sys.exit(4)


def model_taking(kinds):
    """The answer of model/open; an input is called after its kind, and "image?" may be missing."""
    inputs = [{"id": "the_" + kind.rstrip("?"), "kind": kind.rstrip("?"), "required": not kind.endswith("?"),
               "title": kind.rstrip("?").capitalize()} for kind in kinds]
    return {"model": "m1", "name": "tiny", "inputs": inputs}


def main():
    if MODE == "garbage at once":
        raw(b"Hello, I am an engine\n")
    puts = 0
    blob_bytes = {}
    waiting = {}
    for headers, body in frames():
        if "blob-id" in headers:
            blob = headers["blob-id"]
            blob_bytes[blob] = blob_bytes.get(blob, b"") + body
            identifier, count = waiting.get(blob, (None, -1))
            if len(blob_bytes[blob]) == count:
                assert hashlib.sha256(blob_bytes[blob]).hexdigest() == blob
                send({"id": identifier, "result": {"id": blob}})
            continue
        message = json.loads(body)
        method, identifier, params = message["method"], message.get("id"), message.get("params", {})
        if method == "initialize":
            initialize(identifier)
        elif method == "test/echo":
            send({"method": "$/progress", "params": {"id": identifier, "stage": "echoing", "done": 1, "total": 2}})
            send({"method": "$/log", "params": {"level": "info", "message": "an echo"}})
            send({"id": 123456, "result": "nobody asked"})
            send({"id": identifier, "result": params})
        elif method == "test/puts":
            send({"id": identifier, "result": puts})
        elif method == "test/misbehave":
            misbehave()
        elif method == "test/stderr":
            sys.stderr.write("first line\nsecond " + "x" * params["length"] + "\n")
            sys.stderr.flush()
            send({"id": identifier, "result": {}})
        elif method == "input/put":
            puts += 1
            waiting[params["id"]] = (identifier, params["byte_count"])
        elif method == "model/open":
            send({"id": identifier, "result": model_taking(MODE.split()[1:]) if MODE.startswith("takes ")
                  else ["of", "an", "unexpected", "shape"]})
        elif method == "run/start":
            send({"id": identifier, "result": {"inputs": params["inputs"]}})
        elif method == "shutdown":
            send({"id": identifier, "result": {}})
            if MODE != "ignores shutdown":
                return
    if MODE == "ignores shutdown":
        time.sleep(60)


main()
