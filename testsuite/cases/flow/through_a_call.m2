through_a_call.c:8:50: parameter p leaks to {heap} with derefs=0:
through_a_call.c:8:50:   flow: {heap} = p:
through_a_call.c:8:50:     from held = p (stored in global) at through_a_call.c:9:10
through_a_call.c:8:50: leaking param: p
through_a_call.c:12:51: parameter p leaks to ~r0 with derefs=0:
through_a_call.c:12:51:   flow: ~r0 = p:
through_a_call.c:12:51:     from return p (return) at through_a_call.c:13:5
through_a_call.c:12:51: leaking param: p to result ~r0 level=0
through_a_call.c:17:15: calloc(1, 8) escapes to heap:
through_a_call.c:17:15:   flow: p = &{calloc(1, 8)}:
through_a_call.c:17:15:     from p = calloc(1, 8) (init) at through_a_call.c:17:13
through_a_call.c:17:15:   flow: same = p:
through_a_call.c:17:15:     from same(p) (call parameter) at through_a_call.c:20:20
through_a_call.c:17:15:   flow: keep = same:
through_a_call.c:17:15:     from keep(q) (call parameter) at through_a_call.c:21:10
through_a_call.c:17:15:   flow: {heap} = keep:
through_a_call.c:17:15:     from held = p (stored in global) at through_a_call.c:9:10
through_a_call.c:17:15: calloc(1, 8) escapes to heap: passed to keep, which leaks it
through_a_call.c:27:15: calloc(1, 9) escapes to heap:
through_a_call.c:27:15:   flow: p = &{calloc(1, 9)}:
through_a_call.c:27:15:     from p = calloc(1, 9) (init) at through_a_call.c:27:13
through_a_call.c:27:15:   flow: {heap} = p:
through_a_call.c:27:15:     from unknown(p) (unknown callee) at through_a_call.c:29:17
through_a_call.c:27:15: calloc(1, 9) escapes to heap: passed to unknown, whose body is unknown
