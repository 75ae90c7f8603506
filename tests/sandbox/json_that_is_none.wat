;; Its schema says JSON, and it answers with `good`.
(data $schema (i32.const 1024)
  (i32 4480 6  1 0 0  0  0 0 0  0  0 0  0 0  0 0 0 0 0 0)
  (i32 4544 4  5 0 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0))
