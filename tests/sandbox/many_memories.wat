;; It has more memories than any toolchain makes.
;;; repeat 40: (memory $more{i} 0)
