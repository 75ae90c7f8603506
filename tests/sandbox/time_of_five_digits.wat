;; Times have 0, 3, 6 or 9 digits after the second.
(data $schema (i32.const 1024)
  (i32 4480 6  1 0 0  0  0 0 0  0  0 0  0 0  0 0 0 0 0 0)
  (i32 4544 4  4 5 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0))
