;; Two lists of the same items.
(data $description (i32.const 256) (i32 4096 7  4160 5  4224 20  512 1  4352 4  0 0  1024 3))
(data $schema (i32.const 1024)
  (i32 4480 6  4 2 0  0  0 0 0  0  0 0  0 0 0 0 0 0)
  (i32 4544 4  4 2 0  1  0 0 0  0  0 0  0 0 0 0 0 0)
  (i32 4480 4  3 0 0  1  0 0 0  0  0 0  0 0 0 0 0 0))
