"""The server of the long run: origin.py PORT FOLDER.

It plays the hub on 127.0.0.1: every file NNNN.safetensors exists, its bytes follow from its number.
FOLDER/token holds the token that it accepts at this moment, FOLDER/requests gets a line for each
answer: status, first byte, bytes sent, name.
"""
import hashlib
import http.server
import json
import pathlib
import re
import sys
import time

# Every fiftieth file takes long enough to be interrupted in its middle.
LARGE_EVERY = 50
CHUNK = 64 << 10
# Seconds before each file, and before each chunk: slower than any machine records what has landed,
# so that trouble meets files on their way.
DELAY = 0.5
PAUSE = 0.02


def size_of(number):
    """Bytes of the tensor of a file."""
    if number % LARGE_EVERY == 0:
        return (2 << 20) + number * 1009 % (2 << 20)
    return 2000 + number * 7919 % 30000


def content(number):
    """The bytes of a file: a safetensors header, and bytes that no other file has."""
    size = size_of(number)
    tensor = {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}
    header = json.dumps({"w": tensor}).encode()
    body = hashlib.shake_128(b"%d" % number).digest(size)
    return len(header).to_bytes(8, "little") + header + body


class Origin(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder = pathlib.Path()

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def answer(self):
        if self.headers["Authorization"] != "Bearer " + (self.folder / "token").read_text():
            return self.refuse(401, "Invalid credentials in Authorization header")
        number = re.search(r"/resolve/main/(\d+)\.safetensors$", self.path)
        if not number:
            return self.refuse(404, "Entry not found")
        data = content(int(number[1]))
        tag = '"%s"' % hashlib.sha256(data).hexdigest()
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers["Range"] or "")
        if self.headers["If-Range"] not in (None, tag):
            wanted = None
        first = int(wanted[1]) if wanted else 0
        last = int(wanted[2]) if wanted and wanted[2] else len(data) - 1
        last = min(last, len(data) - 1)
        self.send_response(206 if wanted else 200)
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        self.send_header("ETag", tag)
        self.send_header("Accept-Ranges", "bytes")
        self.send_body(206 if wanted else 200, data, first, last + 1)

    def refuse(self, status, words):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        body = json.dumps({"error": words}).encode()
        self.send_body(status, body, 0, len(body))

    def send_body(self, status, data, position, end):
        self.send_header("Content-Length", str(end - position))
        self.end_headers()
        first = position
        if status < 400:
            time.sleep(DELAY)
        try:
            while self.command == "GET" and position < end:
                time.sleep(PAUSE)
                self.wfile.write(data[position:min(position + CHUNK, end)])
                position = min(position + CHUNK, end)
        except ConnectionError:
            self.close_connection = True
        self.note(status, first, position - first)

    def note(self, status, first, count):
        with open(self.folder / "requests", "a") as log:
            log.write(f"{status} {first} {count} {self.path.rsplit('/', 1)[1]}\n")

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    Origin.folder = pathlib.Path(sys.argv[2])
    http.server.ThreadingHTTPServer.daemon_threads = True
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Origin).serve_forever()
