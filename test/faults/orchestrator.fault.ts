import { ORCHESTRATOR_FAULTS } from './faults.ts';
import { nightsOf } from './nights.ts';

nightsOf(ORCHESTRATOR_FAULTS);
