;; A meaning that clears the screen of whoever asks for the schema.
;;; arguments: schema
(data $meaning (i32.const 4608) "\1b[2J")
(data $schema (i32.const 1024)
  (i32 4480 6  1 0 0  0  0 0 0  0  4608 4  0 0  0 0 0 0 0 0)
  (i32 4544 4  3 0 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0))
