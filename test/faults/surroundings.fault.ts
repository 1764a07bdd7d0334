import { SURROUNDINGS_FAULTS } from './faults.ts';
import { nightsOf } from './nights.ts';

nightsOf(SURROUNDINGS_FAULTS);
