;; An offset from UTC of twelve days.
(data $schema (i32.const 1024)
  (i32 4480 6  1 0 0  0  0 0 0  0  0 0  0 0  0 0 0 0 0 0)
  (i32 4544 4  4 0 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0))
(data $shape (i32.const 2112) (i32 0  2144 2  0 0  2148 1))
(data $more (i32.const 3072) (i32 1000000))
(data $columns (i32.const 2304)
  (i32 0 0 0  1  2560 1  0 0  0 0)
  (i32 0 0 0  4  2560 1  3072 1  0 0))
