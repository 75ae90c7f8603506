;; A list of a field that does not exist.
(data $schema_answer (i32.const 896) (i32 1024 3  0 0  0))
(data $shape (i32.const 2112) (i32 0  2144 3  0 0  0 0))
(data $shape_fields (i32.const 2144) (i32 0 1 2))
(data $schema (i32.const 1024)
  (i32 4480 6  6 9 0  0  0 0 0  0  0 0  0 0  0 0 0 0 0 0)
  (i32 4544 4  3 0 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0)
  (i32 4480 4  3 0 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0))
