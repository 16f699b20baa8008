structs.c:10:33: parameter x leaks to ~r0 with derefs=0:
structs.c:10:33:   flow: memory = x:
structs.c:10:33:     from return x (copied memory) at structs.c:11:5
structs.c:10:33:   flow: ~r0 = memory:
structs.c:10:33:     from a struct (copied memory) at structs.c:11:12
structs.c:10:33: leaking param: x to result ~r0 level=0
structs.c:14:33: parameter x leaks to {heap} with derefs=0:
structs.c:14:33:   flow: {heap} = x:
structs.c:14:33:     from *h = x (copied memory) at structs.c:17:12
structs.c:14:33: leaking param: x
structs.c:15:23: malloc(sizeof *h) escapes to heap:
structs.c:15:23:   flow: h = &{malloc(sizeof *h)}:
structs.c:15:23:     from h = malloc(sizeof *h) (init) at structs.c:15:21
structs.c:15:23:   flow: ~r0 = h:
structs.c:15:23:     from return h (return) at structs.c:18:5
structs.c:15:23: malloc(sizeof *h) escapes to heap: returned
