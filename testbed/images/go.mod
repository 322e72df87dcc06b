module fairlead/testbed/images

go 1.24.0
