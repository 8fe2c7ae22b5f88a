def test_the_cast_is_there(world):
    assert world.ben.staff_of == {"432032"}
    assert world.emi.operator_of and not world.emi.operator_of_all
    assert world.dai.is_guest
