# For cases whose server refuses or misbehaves, read by `. "$FIXTURES/workflows-commands/server.sh"`.

# What the server answers for PATH; standard input is the body:
#   echo '{"error":"Unauthorized"}' | answer a/b.safetensors 401 'Retry-After: 0'
answer() { # PATH STATUS [HEADER…]
  answered=$SERVED/$1.http
  mkdir -p "$(dirname "$answered")"
  echo "HTTP/1.1 $2" > "$answered"
  shift 2
  [ $# = 0 ] || printf '%s\n' "$@" >> "$answered"
  echo >> "$answered"
  cat >> "$answered"
}
