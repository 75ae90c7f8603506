;; A type that the interface does not have.
(data $schema (i32.const 1024)
  (i32 4480 6  99 0 0  0  0 0 0  0  0 0  0 0  0 0 0 0 0 0)
  (i32 4544 4  3 0 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0))
