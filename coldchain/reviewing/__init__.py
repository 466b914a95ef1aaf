"""What people do: with excursions, prepared medicines, lots and packs, sensors and product files.

======================  ===============================================================================================
excursions              `acknowledging`, `deciding` (a pharmacist signs), `reconsidering` (by another version)
prepared medicines      `next_steps` (what may be done), `preparing` (doing it), `known_then`
lots and packs          `stock`, `splitting`, `shipping` (the logger file of a transport), `whole_way`
sensors                 `declaring`, `hanging`; as devices: `devices`, `device_rounds`, `device_words`,
                        `device_notices`, `device_paces`, `device_seeing`
product files           `adopting`
everybody               `signing_in`
======================  ===============================================================================================
"""
