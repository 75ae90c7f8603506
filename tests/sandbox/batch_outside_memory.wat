;; Its answer is larger than its memory.
(data $columns (i32.const 2304)
  (i32 0 0 0  1  2560 1  0 0  0 0)
  (i32 0 0 0  3  2592 2  0 100000000  0 0))
