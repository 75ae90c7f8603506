;; Not an attack: lines of the input that are longer than they may be. They are left out, one by one.
;;; limits: line = 7
;;; lines: 12
