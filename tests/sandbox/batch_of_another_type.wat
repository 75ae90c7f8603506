;; Its schema says text, and it answers with numbers.
(data $columns (i32.const 2304)
  (i32 0 0 0  1  2560 1  0 0  0 0)
  (i32 0 0 0  1  2560 1  0 0  0 0))
