steps.c:21:9: malloc(1) escapes to heap:
steps.c:21:9:   flow: p = &{malloc(1)}:
steps.c:21:9:     from p = malloc(1) (assign) at steps.c:21:7
steps.c:21:9:   flow: {heap} = p:
steps.c:21:9:     from mine = p (stored in thread-local) at steps.c:22:10
steps.c:21:9: malloc(1) escapes to heap: stored in thread-local mine
steps.c:31:12: malloc(2) escapes to heap:
steps.c:31:12:   flow: {heap} = &{malloc(2)}:
steps.c:31:12:     from last = malloc(2) (stored in static) at steps.c:31:10
steps.c:31:12: malloc(2) escapes to heap: stored in static last
steps.c:35:16: malloc(3) escapes to heap:
steps.c:35:16:   flow: {heap} = &{malloc(3)}:
steps.c:35:16:     from words[i] = malloc(3) (stored in global) at steps.c:35:14
steps.c:35:16: malloc(3) escapes to heap: stored in global words[i]
steps.c:38:26: to does not escape
steps.c:39:32: malloc(4) escapes to heap:
steps.c:39:32:   flow: local = &{malloc(4)}:
steps.c:39:32:     from local = {NULL, malloc(4)} (assign) at steps.c:39:23
steps.c:39:32: malloc(4) escapes to heap: stored through parameter to
steps.c:44:25: malloc(5) escapes to heap:
steps.c:44:25:   flow: {heap} = &{malloc(5)}:
steps.c:44:25:     from number = (uintptr_t)malloc(5) (stored in global) at steps.c:44:12
steps.c:44:25: malloc(5) escapes to heap: stored in global number
steps.c:49:14: malloc(6) escapes to heap:
steps.c:49:14:   flow: n.name = &{malloc(6)}:
steps.c:49:14:     from n.name = malloc(6) (field) at steps.c:49:12
steps.c:49:14:   flow: {heap} = n.name:
steps.c:49:14:     from words[0] = n.name (stored in global) at steps.c:50:14
steps.c:49:14: malloc(6) escapes to heap: stored in global words[0]
steps.c:54:15: malloc(7) escapes to heap:
steps.c:54:15:   flow: p = &{malloc(7)}:
steps.c:54:15:     from p = malloc(7) (init) at steps.c:54:13
steps.c:54:15:   flow: {heap} = p:
steps.c:54:15:     from putenv(p) (kept by library) at steps.c:58:12
steps.c:54:15: malloc(7) escapes to heap: kept by putenv
steps.c:61:53: a does not escape
steps.c:61:62: parameter b leaks to ~r0 with derefs=0:
steps.c:61:62:   flow: ~r0 = b:
steps.c:61:62:     from return b (return) at steps.c:63:5
steps.c:61:62: leaking param: b to result ~r0 level=0
steps.c:66:7: result of result is fresh memory
steps.c:66:20: other does not escape
steps.c:67:26: malloc(8) escapes to heap:
steps.c:67:26:   flow: second = &{malloc(8)}:
steps.c:67:26:     from second(malloc(8)) (call parameter) at steps.c:67:26
steps.c:67:26:   flow: ~r0 = second:
steps.c:67:26:     from return second(other, malloc(8)) (return) at steps.c:67:5
steps.c:67:26: malloc(8) escapes to heap: returned
