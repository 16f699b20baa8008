locals.c:7:9: x escapes:
locals.c:7:9:   flow: ~r0 = &x:
locals.c:7:9:     from return p (return) at locals.c:9:5
locals.c:7:9: address of x escapes: returned
locals.c:13:9: y escapes:
locals.c:13:9:   flow: {heap} = &y:
locals.c:13:9:     from kept = &y (stored in global) at locals.c:14:10
locals.c:13:9: address of y escapes: stored in global kept
