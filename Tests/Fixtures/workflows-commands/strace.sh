# For cases in which something happens in the middle of a command, or the system refuses a call.
# They need strace. Read by `. "$FIXTURES/workflows-commands/strace.sh"`.

# Runs a command that stops at its first call of CALL, of one that concerns the file $on where that
# is set; it goes on after THEN.
stopped_at() { # CALL THEN COMMAND…
  call=$1 then=$2
  shift 2
  : > "$TMPDIR/stops"
  strace -f -qq -o "$TMPDIR/stops" ${on:+-P "$on"} -e "inject=$call:signal=STOP:when=1" "$@" &
  until grep -q 'stopped by SIGSTOP' "$TMPDIR/stops"; do sleep 0.02; done
  eval "$then"
  kill -CONT "$(sed -n 's/ .*stopped by SIGSTOP.*//p' "$TMPDIR/stops" | head -1)"
  wait $!
}

# Runs a command for which the first call of CALL fails.
failing_at() { # CALL ERROR COMMAND…
  call=$1 error=$2
  shift 2
  strace -f -qq -o /dev/null -e "inject=$call:error=$error:when=1" "$@"
}
