stored_in_global.c:14:22: malloc(sizeof *n) escapes to heap:
stored_in_global.c:14:22:   flow: n = &{malloc(sizeof *n)}:
stored_in_global.c:14:22:     from n = malloc(sizeof *n) (init) at stored_in_global.c:14:20
stored_in_global.c:14:22:   flow: {heap} = n:
stored_in_global.c:14:22:     from head = n (stored in global) at stored_in_global.c:19:10
stored_in_global.c:14:22: malloc(sizeof *n) escapes to heap: stored in global head
stored_in_global.c:23:12: malloc(8) escapes to heap:
stored_in_global.c:23:12:   flow: {heap} = &{malloc(8)}:
stored_in_global.c:23:12:     from head = malloc(8) (stored in global) at stored_in_global.c:23:10
stored_in_global.c:23:12: malloc(8) escapes to heap: stored in global head
