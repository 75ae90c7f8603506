;; Two lists, each of the other.
(data $schema_answer (i32.const 896) (i32 1024 3  0 0  0))
(data $shape (i32.const 2112) (i32 0  2144 3  0 0  0 0))
(data $shape_fields (i32.const 2144) (i32 0 1 2))
(data $schema (i32.const 1024)
  (i32 4480 6  6 1 0  0  0 0 0  0  0 0  0 0  0 0 0 0 0 0)
  (i32 4544 4  6 0 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0)
  (i32 4160 1  3 0 0  1  0 0 0  0  0 0  0 0  0 0 0 0 0 0))
