;; Not an attack: the honest plugin, made a component before it comes here.
;;; make: encoded
