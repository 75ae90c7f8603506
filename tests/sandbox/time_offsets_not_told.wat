;; The column has offsets from UTC, and the shape does not say so.
(data $schema (i32.const 1024)
  (i32 4480 6  1 0 0  0  0 0 0  0  0 0  0 0  0 0 0 0 0 0)
  (i32 4544 4  4 0 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0))
(data $columns (i32.const 2304)
  (i32 0 0 0  1  2560 1  0 0  0 0)
  (i32 0 0 0  4  2560 1  2592 1  0 0))
