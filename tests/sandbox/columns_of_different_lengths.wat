;; Two records, two numbers, one text.
(data $batch (i32.const 2240) (i32 0 2  2304 2))
(data $columns (i32.const 2304)
  (i32 0 0 0  1  2560 2  0 0  0 0)
  (i32 0 0 0  3  2592 2  2624 4  0 0))
