;; Two fields, one name.
(data $schema (i32.const 1024)
  (i32 4544 4  1 0 0  0  0 0 0  0  0 0  0 0  0 0 0 0 0 0)
  (i32 4544 4  3 0 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0))
