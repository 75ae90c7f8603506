;; A time that no calendar has.
(data $schema (i32.const 1024)
  (i32 4480 6  1 0 0  0  0 0 0  0  0 0  0 0  0 0 0 0 0 0)
  (i32 4544 4  4 0 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0))
(data $numbers (i32.const 2560) (i64 9223372036854775807))
(data $columns (i32.const 2304)
  (i32 0 0 0  1  2560 1  0 0  0 0)
  (i32 0 0 0  4  2560 1  0 0  0 0))
