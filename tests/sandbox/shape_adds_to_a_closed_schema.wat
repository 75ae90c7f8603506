;; The schema is not open, and the shape adds a field.
(data $shape (i32.const 2112) (i32 0  2144 3  1024 1  0 0))
(data $shape_fields (i32.const 2144) (i32 0 1 2))
