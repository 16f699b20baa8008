returned.c:13:33: name does not escape
returned.c:14:23: malloc(sizeof *e) escapes to heap:
returned.c:14:23:   flow: e = &{malloc(sizeof *e)}:
returned.c:14:23:     from e = malloc(sizeof *e) (init) at returned.c:14:21
returned.c:14:23:   flow: ~r0 = e:
returned.c:14:23:     from return (return)
returned.c:14:23: malloc(sizeof *e) escapes to heap: returned
returned.c:17:15: strdup(name) escapes to heap:
returned.c:17:15:   flow: {heap} = &{strdup(name)}:
returned.c:17:15:     from e->name = strdup(name) (field) at returned.c:17:13
returned.c:17:15: strdup(name) escapes to heap: stored in malloc(sizeof *e), which escapes
