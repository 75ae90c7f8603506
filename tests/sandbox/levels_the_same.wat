;; Two levels that are one: whether high or low values are the bad ones cannot be told.
(data $schema (i32.const 1024)
  (i32 4480 6  1 0 0  0  0 0 0  0  0 0  0 0  1 0 0 0 0 0)
  (i32 4544 4  3 0 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0))
