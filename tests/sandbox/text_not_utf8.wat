;; Not an attack: a command's bytes are kept as they are, and the user is told.
(data $bytes (i32.const 2624) "\ffok\c3")
